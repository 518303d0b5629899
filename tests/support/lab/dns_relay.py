"""A DNS relay that counts questions, and spoils what it is told to.

It stands between a validator and the tree: forwards UDP and TCP, counts
questions by name and type, and can drop, fail or delay chosen ones, or stop
answering at all, so that time-outs and outages can be tested.

Rules are words, one rule a line, here and on the control socket:

    drop NAME TYPE         no answer; "*" stands for any name or any type
    servfail NAME TYPE     the answer SERVFAIL
    delay NAME TYPE MS     the answer comes later
    stop                   drops everything
    clear                  forgets all rules
    count NAME TYPE        answers how many such questions came, "*" allowed
    counts                 answers all counts as JSON, {"NAME TYPE": number}

Every line is answered by one line: "ok", a number, JSON, or "error: …".
"""
import asyncio
import collections
import json
import struct
import threading

from . import dns_message
from .addresses import DNS_CONTROL_PORT, DNS_PORT


class Rules:
    """What to do with a question. Thread: any; writers are rare."""

    def __init__(self):
        self._rules = []
        self._counts = collections.Counter()

    def obey(self, line):
        """Carries out one line of the control protocol and returns its answer."""
        word, *rest = line.split()
        if word in ("drop", "servfail") and len(rest) == 2:
            return self._add(word, rest[0], rest[1], 0)
        if word == "delay" and len(rest) == 3:
            return self._add(word, rest[0], rest[1], int(rest[2]) / 1000)
        if word == "count" and len(rest) == 2:
            return str(self.count(*rest))
        if rest or word not in ("stop", "clear", "counts"):
            return f"error: expected a rule as dns_relay.py lists them, got '{line}'"
        if word == "counts":
            return json.dumps(self.counts())
        return self._add("drop", "*", "*", 0) if word == "stop" else self._clear()

    def counts(self):
        return dict(self._counts)

    def count(self, name="*", type_="*"):
        return sum(number for question, number in self._counts.copy().items()
                   if _matches((name, type_), question.split()))

    def take(self, query):
        """Counts a query. Returns (action, seconds); the action "pass" by default."""
        question = dns_message.read_question(query)
        if question is None:
            return "drop", 0
        self._counts[" ".join(question)] += 1
        for action, pattern, seconds in self._rules:
            if _matches(pattern, question):
                return action, seconds
        return "pass", 0

    def _add(self, action, name, type_, seconds):
        name = name if name == "*" else dns_message.canonical(name)
        self._rules = [*self._rules, (action, (name, type_.upper()), seconds)]
        return "ok"

    def _clear(self):
        self._rules = []
        return "ok"


def _matches(pattern, question):
    name, type_ = pattern
    return name in ("*", question[0]) and type_ in ("*", question[1])


class DnsRelay:
    """The relay, on a thread of its own.

    forward  "ADDRESS@PORT", for libunbound
    rules    what it does and counts
    control  "ADDRESS:PORT", TCP: the same for programs in other languages
    """

    def __init__(self, target, address, port=DNS_PORT,
                 control_port=DNS_CONTROL_PORT, more_listen=()):
        """`target`: (address, port) of the tree. `more_listen`: further (address, port)."""
        self.forward = f"{address}@{port}"
        self.control = f"{address}:{control_port}"
        self.rules = Rules()
        self._target = target
        self._listen = [(address, port), *more_listen]
        self._control = (address, control_port)
        self._open_ends = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self):
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(10)
        return self

    def close(self):
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    async def _open(self):
        for address in self._listen:
            transport, _ = await self._loop.create_datagram_endpoint(
                lambda: _UdpRelay(self.rules, self._target), local_addr=address)
            self._open_ends += [transport, await asyncio.start_server(self._serve_tcp, *address)]
        self._open_ends.append(await asyncio.start_server(self._serve_control, *self._control))

    async def _close(self):
        for end in self._open_ends:
            end.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve_control(self, reader, writer):
        try:
            while line := (await reader.readline()).decode().strip():
                writer.write((self.rules.obey(line) + "\n").encode())
                await writer.drain()
        finally:
            writer.close()

    async def _serve_tcp(self, reader, writer):
        try:
            while True:
                query = await _read_framed(reader)
                action, seconds = self.rules.take(query)
                await asyncio.sleep(seconds)
                if action == "drop":
                    continue
                answer = (dns_message.write_failure(query) if action == "servfail"
                          else await self._ask_by_tcp(query))
                writer.write(struct.pack(">H", len(answer)) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the validator has gone, or the tree
        finally:
            writer.close()

    async def _ask_by_tcp(self, query):
        reader, writer = await asyncio.open_connection(*self._target)
        try:
            writer.write(struct.pack(">H", len(query)) + query)
            return await _read_framed(reader)
        finally:
            writer.close()


async def _read_framed(reader):
    (length,) = struct.unpack(">H", await reader.readexactly(2))
    return await reader.readexactly(length)


class _UdpRelay(asyncio.DatagramProtocol):
    """The side that validators see. Each query gets a socket of its own."""

    def __init__(self, rules, target):
        self._rules, self._target, self._transport = rules, target, None

    def connection_made(self, transport):
        self._transport = transport

    def datagram_received(self, data, addr):
        action, seconds = self._rules.take(data)
        loop = asyncio.get_running_loop()
        if action == "servfail":
            self._transport.sendto(dns_message.write_failure(data), addr)
        elif action == "delay":
            loop.call_later(seconds, lambda: loop.create_task(self._pass_on(data, addr)))
        elif action == "pass":
            loop.create_task(self._pass_on(data, addr))

    async def _pass_on(self, query, addr):
        loop = asyncio.get_running_loop()
        answered = loop.create_future()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _OneAnswer(query, answered), remote_addr=self._target)
        try:
            self._transport.sendto(await asyncio.wait_for(answered, 5), addr)
        except (asyncio.TimeoutError, OSError):
            pass  # the tree is down: the validator sees a time-out
        finally:
            transport.close()


class _OneAnswer(asyncio.DatagramProtocol):
    """The side that the tree sees."""

    def __init__(self, query, answered):
        self._query, self._answered = query, answered

    def connection_made(self, transport):
        transport.sendto(self._query)

    def datagram_received(self, data, addr):
        if not self._answered.done():
            self._answered.set_result(data)

    def error_received(self, exc):
        if not self._answered.done():
            self._answered.set_exception(exc)
