// One domain for both: what begins with /django/ is Django's, everything else the sample application's.
import { createServer, request } from 'node:http';

const { PORT = '3000', DJANGO_PORT = '3001', NEST_PORT = '3002' } = process.env;

const server = createServer((incoming, outgoing) => {
  const port = incoming.url.startsWith('/django/') ? DJANGO_PORT : NEST_PORT;
  const { method, url, headers } = incoming;
  const forwarded = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
    outgoing.writeHead(response.statusCode, response.rawHeaders);
    response.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.writeHead(502).end(`Nothing answers on port ${port} yet.\n`));
  incoming.pipe(forwarded);
});

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Django and the sample application are on http://localhost:${server.address().port}`);
});
