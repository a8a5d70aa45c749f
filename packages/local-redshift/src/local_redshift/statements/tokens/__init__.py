"""How SQL is read: tokens, a cursor over them, edits by place, names, types, reserved words.

Pure. Knows no statement. Imports ``wire.errors`` only.
"""
