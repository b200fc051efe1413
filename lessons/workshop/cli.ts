import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// `npm run workshop`. What compiling gave is kept for the next start, as `npm run grade` does; where nothing can be written,
// as in its container, it is compiled again.

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node'));
const { workshopCommand } = await import('./workshop-command.ts');
await workshopCommand(process.argv.slice(2));
