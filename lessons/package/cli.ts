import { packageCommand } from './package-command.ts';

// `npm run package`.
process.exitCode = packageCommand(process.argv.slice(2));
