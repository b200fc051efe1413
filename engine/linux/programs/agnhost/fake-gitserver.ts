import { serveGo } from '../go/http-server.ts';
import type { Command } from './command.ts';

/** Says that it is a git server; nothing here could clone from one. */
export const fakeGitServer: Command = {
  use: 'fake-gitserver',
  short: 'Fakes a git server',
  args: 0,
  *run(process) {
    return yield* serveGo(process, 8000, () => ({ body: 'I am a fake git server' }));
  },
};
