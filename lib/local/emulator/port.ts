import { connect, createServer } from 'node:net';

const HOST = '127.0.0.1';

/** The preferred port when nothing listens on it, else one that the system says is free. */
export async function choosePort(preferred: number): Promise<number> {
  return (await isTaken(preferred)) ? listenOnce(0) : preferred;
}

/** Asks by connecting as well: macOS lets one listen on 127.0.0.1 beside somebody who listens on every address. */
async function isTaken(port: number): Promise<boolean> {
  if (await answers(port)) return true;
  return listenOnce(port).then(
    () => false,
    () => true,
  );
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    const done = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
