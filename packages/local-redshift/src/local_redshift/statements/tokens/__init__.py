"""How SQL is read: tokens, a cursor over them, edits by place, names, types, reserved words.

Pure. Nothing here knows a statement.
"""
