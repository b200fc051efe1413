import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// `npm run check:course`. What compiling gave is kept for the next run, as `npm run grade` does.

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node'));
const { checkCourse } = await import('./check-course.ts');
process.exitCode = checkCourse(process.argv.slice(2));
