/** What of sshd_config(5) has an effect here. */
export interface SshdConfig {
  readonly ports: readonly number[];
  readonly permitRootLogin: string;
  readonly publicKeys: boolean;
  readonly authorizedKeys: readonly string[];
  readonly allowUsers: readonly string[];
  readonly denyUsers: readonly string[];
  readonly maxAuthTries: number;
  readonly strictModes: boolean;
  readonly banner: string;
  readonly printMotd: boolean;
  readonly printLastLog: boolean;
  readonly allowTcpForwarding: boolean;
  readonly acceptEnv: readonly string[];
  readonly forceCommand: string | undefined;
}

/** Keywords that are taken and change nothing on these machines. */
const WITHOUT_EFFECT = new Set(
  (
    'addressfamily allowagentforwarding allowgroups allowstreamlocalforwarding authenticationmethods ' +
    'authorizedkeyscommand authorizedkeyscommanduser channeltimeout chrootdirectory ciphers clientalivecountmax ' +
    'clientaliveinterval compression denygroups exposeauthinfo fingerprinthash gatewayports gssapiauthentication ' +
    'hostbasedauthentication hostkey hostkeyalgorithms ignorerhosts include ipqos kbdinteractiveauthentication ' +
    'challengeresponseauthentication kexalgorithms listenaddress logingracetime loglevel macs maxsessions maxstartups ' +
    'passwordauthentication permitemptypasswords permitlisten permitopen permittty permittunnel permituserenvironment ' +
    'permituserrc pidfile pubkeyacceptedalgorithms rekeylimit requiredrsasize subsystem syslogfacility tcpkeepalive ' +
    'trustedusercakeys unusedconnectiontimeout usedns usepam versionaddendum x11displayoffset x11forwarding x11uselocalhost'
  ).split(' '),
);

const YES_OR_NO: ReadonlySet<string> = new Set(
  'pubkeyauthentication strictmodes printmotd printlastlog passwordauthentication permitemptypasswords usepam usedns'.split(
    ' ',
  ),
);

/** Reads a configuration; the first value of a keyword counts. Complaints are sshd's own, without its name before them. */
export function readSshdConfig(text: string): { readonly config: SshdConfig; readonly complaints: readonly string[] } {
  const values = new Map<string, string[]>();
  const complaints: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.replace(/#.*/, '').trim();
    const [, keyword = '', argument = ''] = /^(\S+?)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
    if (keyword === '') continue;
    const name = keyword.toLowerCase();
    const where = `line ${index + 1}`;
    // What follows is for some connections only, which are not told apart here.
    if (name === 'match') break;
    if (!KNOWN.has(name) && !WITHOUT_EFFECT.has(name))
      complaints.push(`${where}: Bad configuration option: ${keyword}`);
    else if (argument === '') complaints.push(`${where}: no argument after keyword "${keyword}"`);
    else if (YES_OR_NO.has(name) && !/^(yes|no)$/.test(argument))
      complaints.push(`${where}: unsupported option "${argument}".`);
    else if (name === 'port' && !(Number(argument) >= 1 && Number(argument) <= 65_535))
      complaints.push(`${where}: Badly formatted port number.`);
    else if (name === 'permitrootlogin' && !ROOT_LOGIN.has(argument))
      complaints.push(`${where}: unsupported option "${argument}".`);
    else values.set(name, [...(values.get(name) ?? []), argument]);
  }
  return { config: configOf(values), complaints };
}

const ROOT_LOGIN = new Set(['yes', 'no', 'prohibit-password', 'without-password', 'forced-commands-only']);

const KNOWN: ReadonlySet<string> = new Set(
  (
    'port permitrootlogin pubkeyauthentication authorizedkeysfile allowusers denyusers maxauthtries strictmodes banner ' +
    'printmotd printlastlog allowtcpforwarding acceptenv forcecommand'
  ).split(' '),
);

function configOf(values: ReadonlyMap<string, readonly string[]>): SshdConfig {
  const first = (name: string, otherwise: string) => values.get(name)?.[0] ?? otherwise;
  const words = (name: string) => (values.get(name) ?? []).flatMap((value) => value.split(/\s+/));
  return {
    ports: (values.get('port') ?? ['22']).map(Number),
    permitRootLogin: first('permitrootlogin', 'prohibit-password').replace('without', 'prohibit'),
    publicKeys: first('pubkeyauthentication', 'yes') === 'yes',
    authorizedKeys: first('authorizedkeysfile', '.ssh/authorized_keys .ssh/authorized_keys2').split(/\s+/),
    allowUsers: words('allowusers'),
    denyUsers: words('denyusers'),
    maxAuthTries: Number(first('maxauthtries', '6')),
    strictModes: first('strictmodes', 'yes') === 'yes',
    banner: first('banner', 'none'),
    printMotd: first('printmotd', 'yes') === 'yes',
    printLastLog: first('printlastlog', 'yes') === 'yes',
    allowTcpForwarding: first('allowtcpforwarding', 'yes') !== 'no',
    acceptEnv: words('acceptenv'),
    forceCommand: values.get('forcecommand')?.[0],
  };
}

/** What `sshd -T` prints. */
export function effectiveText(config: SshdConfig): string {
  const yes = (value: boolean) => (value ? 'yes' : 'no');
  return [
    ...config.ports.map((port) => `port ${port}`),
    'addressfamily any',
    ...config.ports.map((port) => `listenaddress 0.0.0.0:${port}`),
    'usepam yes',
    `maxauthtries ${config.maxAuthTries}`,
    `permitrootlogin ${config.permitRootLogin === 'prohibit-password' ? 'without-password' : config.permitRootLogin}`,
    `pubkeyauthentication ${yes(config.publicKeys)}`,
    'passwordauthentication no',
    'kbdinteractiveauthentication no',
    `printmotd ${yes(config.printMotd)}`,
    `printlastlog ${yes(config.printLastLog)}`,
    `strictmodes ${yes(config.strictModes)}`,
    `banner ${config.banner}`,
    `forcecommand ${config.forceCommand ?? 'none'}`,
    `authorizedkeysfile ${config.authorizedKeys.join(' ')}`,
    ...config.allowUsers.map((user) => `allowusers ${user}`),
    ...config.denyUsers.map((user) => `denyusers ${user}`),
    ...config.acceptEnv.map((name) => `acceptenv ${name}`),
    `allowtcpforwarding ${yes(config.allowTcpForwarding)}`,
    '',
  ].join('\n');
}
