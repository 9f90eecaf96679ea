// Answers every request with the same bytes, to measure what the client can do at most.
import { createServer } from 'node:net';

const BODY = '{"ok":true}';
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

const server = createServer((socket) => {
  socket.setNoDelay();
  socket.on('data', () => socket.write(ANSWER));
  socket.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit());
