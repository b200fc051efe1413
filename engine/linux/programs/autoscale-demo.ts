import { serveGo } from './go/http-server.ts';
import { goProgram } from './go/runtime.ts';

/**
 * luxas/autoscale-demo, the application of the prometheus-adapter's walkthrough: it counts its requests and shows the count at
 * `/metrics`. https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/walkthrough.md
 */
export const autoscaleDemo = goProgram(function* (process) {
  let served = 0;
  return yield* serveGo(process, Number(process.env['PORT'] ?? '8080'), ({ path }) => {
    if (path === '/metrics') {
      const lines = [
        '# HELP http_requests_total The amount of requests served by the server in total',
        '# TYPE http_requests_total counter',
        `http_requests_total ${served}`,
      ];
      return { headers: { 'Content-Type': 'text/plain; version=0.0.4' }, body: `${lines.join('\n')}\n` };
    }
    served += 1;
    return { body: `Hello! My name is ${process.hostname}. I have served ${served} requests so far.\n` };
  });
});
