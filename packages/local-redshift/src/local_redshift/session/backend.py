"""The back end of one session: a connection to PostgreSQL, and the answers that are still to come on it.

Contract: messages go out in the order of ``send``, at the next ``flush``. What they mean is for those who send them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from local_redshift.history.queries import Recording
from local_redshift.session.answers import AnswerHandler, HideSuccess, Ready, Reply
from local_redshift.session.pipeline import Pipeline
from local_redshift.wire import client_messages
from local_redshift.wire.protocol import ClientMessage
from local_redshift.wire.transport import Peer

#: What PostgreSQL reports of a session and Redshift does not.
_HIDDEN_PARAMETERS = ("search_path", "in_hot_standby", "default_transaction_read_only", "scram_iterations")

#: Not SQL: sent where PostgreSQL has to go into the error state.
FAILING = "refused"

#: The code of a message that has an answer, and what takes the answer; None lets it pass to the client.
Expected = tuple[ClientMessage, AnswerHandler | None]


class BackEnd:
    """The back-end connection of one session.

    :param client: the client's end, which gets the answers.
    :param translate_error: what every error passes through before the client sees it.
    :param lost: called once when the connection has ended.
    """

    def __init__(self, client: Peer, translate_error: Callable[[bytes], bytes], lost: Callable[[], None]) -> None:
        self.peer = Peer(self._receive, self._ended)
        self.peer.other, client.other = client, self.peer
        self._client = client
        self._lost = lost
        self._pipeline = Pipeline(translate_error, _HIDDEN_PARAMETERS)
        self._outbox: list[bytes] = []

    def send(self, messages: bytes, *expected: Expected, recording: Recording | None = None) -> None:
        """Send messages at the next ``flush``.

        :param messages: one or more whole messages.
        :param expected: of each that has an answer, in order: its code, and what takes the answer.
        :param recording: is told how the messages' statements end.
        """
        for code, handler in expected:
            self._pipeline.expect(code, handler, recording)
        self._outbox.append(messages)

    def flush(self) -> None:
        """Send what waits to be sent."""
        if self._outbox:
            self.peer.write(self._outbox[0] if len(self._outbox) == 1 else b"".join(self._outbox))
            self._outbox.clear()

    def follow(self, path_changed: Callable[[], None], idle: Callable[[], None]) -> None:
        """Call functions when something happens in the session.

        :param path_changed: when it has another search path.
        :param idle: when no transaction is open any more.
        """
        self._pipeline.path_changed, self._pipeline.idle = path_changed, idle

    def begin(self, parameters: Mapping[str, str], handler: AnswerHandler) -> None:
        """Send the start-up message.

        :param parameters: the start-up parameters.
        :param handler: takes the answers up to the first ReadyForQuery.
        """
        self._pipeline.expect(ClientMessage.QUERY, handler)
        self.peer.write(client_messages.startup(parameters))

    def ask(self, messages: bytes, codes: Sequence[ClientMessage], reply: Reply | None = None) -> Reply:
        """Send messages of the server's own at once, and return what collects their answers.

        :param messages: the messages, without a Flush.
        :param codes: the codes of those that have an answer.
        :param reply: collects them; a new one by default.
        """
        collected = reply or Reply(len(codes))
        self.send(messages + client_messages.FLUSH, *((code, collected) for code in codes))
        self.flush()
        return collected

    def begin_query(self, name: bytes, sql: str, values: Sequence[str | None] = ()) -> Reply:
        """Send a statement of the server's own at once, and return what collects its answers.

        :param name: the name of its prepared statement and portal.
        :param sql: the statement.
        :param values: its parameters.
        """
        return self.ask(*own_statement(name, sql, values))

    async def query(self, name: bytes, sql: str, values: Sequence[str | None] = ()) -> Reply:
        """Run a statement of the server's own, and return its answers when all are there; see ``begin_query``."""
        reply = self.begin_query(name, sql, values)
        await reply.done.wait()
        return reply

    def commit(self) -> None:
        """Commit the open transaction without the client's seeing it, as TRUNCATE does.

        https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
        """
        messages, codes = own_statement(b"redshift_commit", "COMMIT")
        hidden = HideSuccess()
        self.send(messages, *((code, hidden) for code in codes))

    def synchronize(self) -> Ready:
        """End a group of the server's own messages before a Query, and return what keeps the ReadyForQuery."""
        ready = Ready()
        self.send(client_messages.SYNC, (ClientMessage.SYNC, ready))
        self.flush()
        return ready

    async def fail(self) -> Reply:
        """Put the transaction into the error state that a failed statement causes, and return the answer."""
        reply = self.ask(client_messages.parse(FAILING, b"redshift_failed"), (ClientMessage.PARSE,))
        await reply.done.wait()
        return reply

    def _receive(self, data: bytes) -> None:
        self._client.write(self._pipeline.feed(data))

    def _ended(self) -> None:
        self._pipeline.close()
        self._lost()


def own_statement(name: bytes, sql: str, values: Sequence[str | None] = ()) -> tuple[bytes, tuple[ClientMessage, ...]]:
    """Return messages that run a statement of the server's own, and the codes of those that have an answer.

    Statement and portal have a name, so that the client's unnamed ones stay; what an earlier, failed try left
    under that name is closed first.
    """
    messages = (
        client_messages.close_portal(name),
        client_messages.close_statement(name),
        client_messages.parse(sql, name),
        client_messages.bind(name, name, values),
        client_messages.execute(name),
    )
    codes = (
        ClientMessage.CLOSE,
        ClientMessage.CLOSE,
        ClientMessage.PARSE,
        ClientMessage.BIND,
        ClientMessage.EXECUTE,
    )
    return b"".join(messages), codes
