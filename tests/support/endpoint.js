import { createServer } from 'node:http';

/**
 * Starts a server that takes whatever is posted, as a site's own does in its tests, and keeps it as it came. It answers with
 * each of the statuses in turn and then with 200.
 *
 * @param {number[]} [statuses]
 */
export async function startEndpoint(statuses = []) {
  /** @type {{ url: string, type: string | undefined, encoding: string | undefined, body: string }[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    if (request.method === 'OPTIONS') return response.writeHead(204, headers).end();
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { 'content-type': type, 'content-encoding': encoding } = request.headers;
    requests.push({ url: request.url, type, encoding, body: Buffer.concat(chunks).toString('utf8') });
    return response.writeHead(statuses.shift() ?? 200, headers).end('{"status":1}');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    stop: () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections())),
  };
}
