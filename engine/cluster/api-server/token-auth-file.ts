import { ConfigurationError } from '../../api/config-shape.ts';
import type { UserInfo } from '../../api/request.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';
import type { Process } from '../../linux/syscalls.ts';
import { commaSeparated } from '../component/component-program.ts';
import { readTextFile } from './text-file.ts';

/**
 * Users by the tokens that the file of `--token-auth-file` gives them: `token,name,uid,"group1,group2"` a line.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#static-token-file
 *
 * @throws ConfigurationError in the words of the real server
 */
export function readStaticTokens(process: Process): ReadonlyMap<string, UserInfo> | undefined {
  const path = flagValue(process.argv, 'token-auth-file') ?? '';
  if (path === '') return undefined;
  const users = new Map<string, UserInfo>();
  for (const line of readTextFile(process, path, (why) => why).split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const fields = [...line.matchAll(FIELD)].map(([, quoted, plain = '']) => quoted ?? plain.trim());
    const [token = '', username = '', uid = '', groups = ''] = fields;
    if (fields.length < 3) {
      const why = `token file '${path}' must have at least 3 columns (token, user name, user uid), found ${fields.length}`;
      throw new ConfigurationError(why);
    }
    if (token === '') continue;
    const named = commaSeparated(groups);
    users.set(token, { username, uid, groups: [...named, 'system:authenticated'] });
  }
  return users;
}

/** One of a line of CSV. */
const FIELD = /(?<=^|,)(?:"([^"]*)"|([^",]*))(?=,|$)/g;
