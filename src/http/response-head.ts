import type { OutgoingHttpHeader, ServerResponse } from 'node:http';

/** Say something of a body, of the way it is sent, or of how long it is good for. */
const BODY_HEADERS = [
  'accept-ranges',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'trailer',
  'transfer-encoding',
];

/** Makes the head that of an error in JSON, and leaves in it what others set for any answer, such as CORS headers. */
export function replaceHead(response: ServerResponse, head: { status: number; length: number; closes: boolean }): void {
  // Node takes the removal of a header that is not there for a wish never to send it.
  for (const name of BODY_HEADERS) if (response.hasHeader(name)) response.removeHeader(name);
  response.statusCode = head.status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', head.length);
  // HTTP/2 has neither.
  if (response.req?.httpVersionMajor !== 1) return;
  response.statusMessage = '';
  if (head.closes) response.setHeader('Connection', 'close');
}

/**
 * Moves the status and the headers of a `writeHead` call into the response, so that others can be merged with them.
 * Throws what the call would have thrown.
 */
export function takeHead(response: ServerResponse, args: unknown[]): void {
  const headers = args.at(-1);
  response.statusCode = Number(args[0]);
  if (typeof headers !== 'object' || headers === null) return;
  args.pop();
  if (Array.isArray(headers)) takePairs(response, pairsOf(headers));
  else for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as OutgoingHttpHeader);
}

/** As Node: replaces what was set before, but keeps what the list itself repeats. */
function takePairs(response: ServerResponse, pairs: [string, OutgoingHttpHeader][]): void {
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    const key = name.toLowerCase();
    if (seen.has(key)) response.appendHeader(name, value as string | string[]);
    else response.setHeader(name, value);
    seen.add(key);
  }
}

/** A list of headers is flat or made of pairs. */
function pairsOf(headers: unknown[]): [string, OutgoingHttpHeader][] {
  if (Array.isArray(headers[0])) return headers as [string, OutgoingHttpHeader][];
  return headers.flatMap((name, index) =>
    index % 2 ? [] : [[name as string, headers[index + 1] as OutgoingHttpHeader]],
  );
}
