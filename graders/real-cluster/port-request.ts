import { spawn } from 'node:child_process';
import { KUBECTL } from './kubectl.ts';

// node port-request.ts <kubeconfig> <namespace> <pod> <port> <path>: sends one HTTP request to a Pod's port through
// `kubectl port-forward` and prints {status, headers, body} as JSON. A program of its own because graders wait for it.

const TIMEOUT_MS = 10_000;

async function main([
  kubeconfig = '',
  namespace = '',
  pod = '',
  port = '',
  path = '/',
]: readonly string[]): Promise<number> {
  const argv = ['--kubeconfig', kubeconfig, 'port-forward', '-n', namespace, `pod/${pod}`, `:${port}`];
  const forward = spawn(KUBECTL, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    const local = await portOf(forward);
    const answer = await fetch(`http://127.0.0.1:${local}${path}`, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const headers = Object.fromEntries(answer.headers);
    process.stdout.write(JSON.stringify({ status: answer.status, headers, body: await answer.text() }));
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    forward.kill();
  }
}

/** The port of this machine that kubectl has opened. */
function portOf(forward: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error('kubectl port-forward did not begin')), TIMEOUT_MS);
    const hear = (data: Buffer) => {
      said += data.toString();
      const [, port] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(said) ?? [];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(port);
    };
    forward.stdout?.on('data', hear);
    forward.stderr?.on('data', hear);
    forward.on('error', reject);
    forward.on('exit', () => reject(new Error(said.trim() || 'kubectl port-forward ended')));
  });
}

process.exitCode = await main(process.argv.slice(2));
