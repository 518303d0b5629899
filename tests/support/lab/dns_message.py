"""The little of the DNS wire format that the lab needs: a question, a status."""
import random
import socket
import struct

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "AAAA": 28, "SRV": 33, "DS": 43,
         "RRSIG": 46, "NSEC": 47, "DNSKEY": 48, "NSEC3": 50, "TLSA": 52, "ANY": 255}
_NAMES = {number: name for name, number in TYPES.items()}
SERVFAIL = 2


def type_name(number):
    return _NAMES.get(number, f"TYPE{number}")


def canonical(name):
    """Lower case, without the trailing dot; the root is "."."""
    return name.lower().rstrip(".") or "."


def write_question(name, type_):
    """A query in class IN. Returns (id, message)."""
    identifier = random.randrange(65536)
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    owner = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    header = struct.pack(">HHHHHH", identifier, 0x0100, 1, 0, 0, 0)
    return identifier, header + owner + struct.pack(">HH", TYPES[type_], 1)


def read_question(message):
    """(name, type name) of a message's question, or None if it has no sound one."""
    position, labels = 12, []
    try:
        while message[position]:
            length = message[position]
            if length > 63:
                return None
            labels.append(message[position + 1:position + 1 + length].decode("latin-1"))
            position += 1 + length
        (number,) = struct.unpack_from(">H", message, position + 1)
    except (IndexError, struct.error):
        return None
    return canonical(".".join(labels)), type_name(number)


def write_failure(query):
    """The answer SERVFAIL to `query`."""
    identifier, flags = struct.unpack_from(">HH", query)
    flags = 0x8080 | (flags & 0x0100) | SERVFAIL
    end = 12
    while query[end]:
        end += 1 + query[end]
    return struct.pack(">HHHHHH", identifier, flags, 1, 0, 0, 0) + query[12:end + 5]


def ask(address, port, name, type_, seconds=0.5):
    """Sends one question by UDP. Returns (rcode, number of answers) or None."""
    identifier, query = write_question(name, type_)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(seconds)
        try:
            udp.connect((address, port))
            udp.send(query)
            answer = udp.recv(4096)
        except OSError:
            return None
    got, flags, _, answers = struct.unpack_from(">HHHH", answer)
    return (flags & 15, answers) if got == identifier else None
