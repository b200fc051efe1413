/** An assignment in a unit file. */
export interface UnitLine {
  /** `/etc/systemd/system/web.service:4` */
  readonly at: string;
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const SECTIONS: ReadonlySet<string> = new Set(['Unit', 'Service', 'Install']);

/** The settings that people give services; of others systemd says that it does not know them. */
const KEYS: Readonly<Record<string, ReadonlySet<string>>> = {
  Unit: setOf(`Description Documentation Wants Requires Requisite BindsTo PartOf Upholds Conflicts Before After OnFailure
    OnSuccess PropagatesReloadTo RequiresMountsFor StopWhenUnneeded RefuseManualStart RefuseManualStop DefaultDependencies
    StartLimitIntervalSec StartLimitInterval StartLimitBurst StartLimitAction JobTimeoutSec ConditionPathExists
    ConditionPathIsDirectory ConditionFileNotEmpty ConditionVirtualization AssertPathExists SourcePath FailureAction SuccessAction`),
  Service:
    setOf(`Type ExitType RemainAfterExit GuessMainPID PIDFile BusName ExecStart ExecStartPre ExecStartPost ExecCondition
    ExecReload ExecStop ExecStopPost RestartSec RestartSteps RestartMaxDelaySec TimeoutStartSec TimeoutStopSec TimeoutSec
    RuntimeMaxSec WatchdogSec Restart RestartMode SuccessExitStatus RestartPreventExitStatus RestartForceExitStatus
    NotifyAccess OOMPolicy StartLimitInterval StartLimitBurst Environment EnvironmentFile PassEnvironment UnsetEnvironment
    WorkingDirectory RootDirectory User Group DynamicUser SupplementaryGroups PAMName UMask Nice OOMScoreAdjust
    CapabilityBoundingSet AmbientCapabilities NoNewPrivileges LimitNOFILE LimitNPROC LimitCORE LimitMEMLOCK KillMode
    KillSignal SendSIGKILL Delegate Slice CPUAccounting MemoryAccounting TasksAccounting IOAccounting CPUQuota CPUWeight MemoryMax
    MemoryHigh TasksMax StandardInput StandardOutput StandardError SyslogIdentifier RuntimeDirectory StateDirectory
    CacheDirectory LogsDirectory ConfigurationDirectory RuntimeDirectoryMode RuntimeDirectoryPreserve ProtectSystem
    ProtectHome PrivateTmp PrivateDevices PrivateNetwork ReadWritePaths ReadOnlyPaths`),
  Install: setOf('Alias WantedBy RequiredBy UpheldBy Also DefaultInstance'),
};

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** The assignments of a unit file. @param warn is told of lines that are none, as systemd tells its journal */
export function readUnitLines(path: string, text: string, warn: (warning: string) => void): readonly UnitLine[] {
  const found: UnitLine[] = [];
  let section = '';
  const lines = text.split('\n');
  for (let number = 0; number < lines.length; number++) {
    const at = `${path}:${number + 1}`;
    let line = lines[number]!.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    while (line.endsWith('\\') && number + 1 < lines.length) {
      const next = lines[++number]!.trim();
      if (!/^[#;]/.test(next)) line = `${line.slice(0, -1)} ${next}`;
    }
    if (line.startsWith('[')) {
      section = line.endsWith(']') ? line.slice(1, -1) : '';
      if (section === '') warn(`${at}: Invalid section header '${line}'`);
      else if (!SECTIONS.has(section) && !section.startsWith('X-'))
        warn(`${at}: Unknown section '${section}'. Ignoring.`);
      continue;
    }
    const equals = line.indexOf('=');
    if (section === '') warn(`${at}: Assignment outside of section. Ignoring.`);
    else if (equals < 0) warn(`${at}: Missing '=', ignoring line.`);
    else if (equals === 0) warn(`${at}: Missing key name before '=', ignoring line.`);
    else if (SECTIONS.has(section)) {
      const key = line.slice(0, equals).trim();
      if (KEYS[section]!.has(key)) found.push({ at, section, key, value: line.slice(equals + 1).trim() });
      else if (!key.startsWith('X-')) warn(`${at}: Unknown key '${key}' in section [${section}], ignoring.`);
    }
  }
  return found;
}
