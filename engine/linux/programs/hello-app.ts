import type { Program } from '../syscalls.ts';
import { serveGo } from './go/http-server.ts';
import { goProgram, log } from './go/runtime.ts';

/**
 * gcr.io/google-samples/hello-app: greets, and says which Pod answered.
 * https://github.com/GoogleCloudPlatform/kubernetes-engine-samples/tree/main/quickstarts/hello-app
 */
export const helloApp = (version: string): Program =>
  goProgram(function* (process) {
    const port = process.env['PORT'] ?? '8080';
    yield* log(process, `Server listening on port ${port}`);
    return yield* serveGo(process, Number(port), function* (request) {
      yield* log(process, `Serving request: ${request.path}`);
      return { body: `Hello, world!\nVersion: ${version}\nHostname: ${process.hostname}\n` };
    });
  });

/**
 * gcr.io/google-samples/hello-go-gke: the backend of the documentation's page about a frontend and a backend.
 * https://kubernetes.io/docs/tasks/access-application-cluster/connecting-frontend-backend/
 */
export const helloBackend = goProgram(function* (process) {
  return yield* serveGo(process, 80, () => ({
    headers: { 'Content-Type': 'application/json' },
    body: '{"message":"Hello"}\n',
  }));
});

/** registry.k8s.io/goproxy: a proxy by the port that it opens. Nothing is handed on. https://github.com/elazarl/goproxy */
export const goproxy = goProgram((process) =>
  serveGo(process, 8080, () => ({
    status: 500,
    body: 'This is a proxy server. Does not respond to non-proxy requests.\n',
  })),
);
