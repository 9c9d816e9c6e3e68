"""TLS in front of a service without, for clients that take nothing else. It must never change what it passes on."""

import asyncio
import contextlib
import datetime
import ipaddress
import os
import ssl
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@contextlib.asynccontextmanager
async def in_front_of(port):
    """`localhost:` and the port where TLS is spoken. This process trusts its certificate meanwhile, and no other."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "localhost.pem")
        with open(file, "wb") as pem:
            pem.write(certificate())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = await asyncio.start_server(lambda *ends: passed_on(port, *ends), "127.0.0.1", 0, ssl=context)
        os.environ["SSL_CERT_FILE"] = file
        try:
            async with server:
                yield f"localhost:{server.sockets[0].getsockname()[1]}"
        finally:
            del os.environ["SSL_CERT_FILE"]


async def passed_on(port, reader, writer):
    inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(piped(reader, inner_writer), piped(inner_reader, writer))


async def piped(reader, writer):
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def certificate():
    """A new key and its certificate for an hour, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + made.public_bytes(serialization.Encoding.PEM)
