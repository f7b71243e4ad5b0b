"""An SMTP server for the tests: accepts, logs, and refuses as told.

    python sink.py LOG SWITCHES

prints `listening on PORT`, appends every accepted message to LOG as one JSON line, and ends when its standard input
closes. LOG's line is on the disk before the client hears 250. SWITCHES is a JSON file, read anew for every command;
each key is optional and maps an envelope address (or "*") to what happens:

    {"sender": {"*": "451 4.3.0 Later"},           answer to MAIL FROM
     "recipient": {"a@b.example": "550 5.1.1 No"}, answer to RCPT TO
     "data": {"a@b.example": "452 4.2.2 Full"},    answer after the final dot; the message is not kept
     "cut": {"a@b.example": true},                 keep the message, then cut the connection without an answer
     "wait": {"a@b.example": 2.5}}                 seconds to wait before the answer after the final dot
"""

import asyncio
import base64
import email
import email.policy
import json
import os
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, log, switches):
        self.log = log
        self.switches = switches

    def told(self, switch, addresses):
        try:
            with open(self.switches, encoding="utf-8") as file:
                table = json.load(file).get(switch, {})
        except FileNotFoundError:
            return None
        for address in [*addresses, "*"]:
            if address in table:
                return table[address]
        return None

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        refusal = self.told("sender", [address])
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        refusal = self.told("recipient", [address])
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        addresses = list(envelope.rcpt_tos)
        wait = self.told("wait", addresses)
        if wait:
            await asyncio.sleep(wait)
        refusal = self.told("data", addresses)
        if refusal:
            return refusal
        self.keep(envelope)
        if self.told("cut", addresses):
            server.transport.abort()
        return "250 OK: kept"

    def keep(self, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        plain = message.get_body(preferencelist=("plain",))
        html = message.get_body(preferencelist=("html",))
        line = json.dumps(
            {
                "envelope_from": envelope.mail_from,
                "envelope_to": envelope.rcpt_tos,
                "headers": [[name, str(value)] for name, value in message.items()],
                "text": plain.get_content() if plain else None,
                "html": html.get_content() if html else None,
                "raw": base64.b64encode(envelope.content).decode("ascii"),
            }
        )
        with open(self.log, "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())


async def main(log, switches):
    sink = Sink(log, switches)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.example", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    # The test holds the other end: when it goes, however it goes, this goes too.
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


asyncio.run(main(sys.argv[1], sys.argv[2]))
