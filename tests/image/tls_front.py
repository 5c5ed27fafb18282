"""What stands before the desk in life: TLS on one address, plain bytes to the desk. Arguments: certificate, address,
port, port of the desk."""

import asyncio
import ssl
import sys


async def pour(source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            into.write(data)
            await into.drain()
    except OSError:
        pass
    finally:
        into.close()


async def main(certificate: str, address: str, port: str, desk: str) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", int(desk))
        await asyncio.gather(pour(reader, back), pour(there, writer))

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(serve, address, int(port), ssl=context)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
