// A corridord of a test's own on the demonstration market's database at $CORRIDOR_VAR.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

const root = new URL("../../", import.meta.url).pathname;

export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// Resolves when the market is read: its port, what it has said, and end(), which gives its exit status. Where every
// connection must begin with a header of its proxy, it tells by its log that it is ready.
export async function startServer(settings) {
  const port = await freePort();
  const env = { ...process.env, CORRIDOR_PORT: `${port}`, ...settings };
  const server = spawn(`${root}build/corridord`, { cwd: root, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (text) => (said += text));
  const ended = new Promise((done) => server.once("exit", done));
  for (let tries = 0; tries < 1200 && server.exitCode === null; tries++) {
    if (said.includes("market read"))
      return {
        port,
        said: () => said,
        end() {
          server.kill("SIGTERM");
          return ended;
        },
      };
    await new Promise((done) => setTimeout(done, 50));
  }
  server.kill();
  throw new Error(`corridord is not ready: ${said}`);
}

// A proxy before it: gives each connection the PROXY protocol's header (version 2, TCP over IPv4) of a visitor.
export async function startProxy(port, address) {
  const header = Buffer.concat([Buffer.from("0d0a0d0a000d0a515549540a2111000c", "hex"),
    Buffer.from([...address.split(".").map(Number), 127, 0, 0, 1, 0x9c, 0x40, 0, 80])]);
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    server.write(header);
    client.pipe(server).pipe(client);
    client.on("error", () => server.destroy());
    server.on("error", () => client.destroy());
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  return proxy;
}
