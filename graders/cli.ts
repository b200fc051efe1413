import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// `npm run grade`. Most of a short run would be stripping types and compiling: what that gave is kept for the next one
// (elsewhere than in a folder that others may write to), and where it cannot be kept it is done again.
// https://nodejs.org/api/module.html#module-compile-cache

enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'node'));
const { gradeCommand } = await import('./command/grade-command.ts');
process.exitCode = gradeCommand(process.argv.slice(2));
