"""One client's session: what each of its messages means, and what becomes of the answers.

What a session has is in ``context`` (its two connections, and the services that it shares with other sessions); what it
does is in ``message_handler``, ``script``, ``copy_statement`` and ``unload_statement``, which take a context.
A session knows nothing of the server that it belongs to.
"""
