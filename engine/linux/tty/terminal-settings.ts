/** What stty(1) changes of a terminal's line discipline. https://man7.org/linux/man-pages/man3/termios.3.html */
export interface TerminalSettings {
  /** `icanon`: lines are edited before they are read. */
  readonly canonical: boolean;
  /** `echo` */
  readonly echo: boolean;
  /** `isig`: Ctrl-C, Ctrl-Z and Ctrl-\ send signals. */
  readonly signals: boolean;
  /** `icrnl`: Return ends a line. */
  readonly returnIsNewline: boolean;
  /** `opost` with `onlcr`: a line that ends returns to the left. */
  readonly newlineReturns: boolean;
}

export const SANE: TerminalSettings = {
  canonical: true,
  echo: true,
  signals: true,
  returnIsNewline: true,
  newlineReturns: true,
};

/** What programs set that draw the screen themselves. They rely on newlines that return. */
export const RAW: TerminalSettings = {
  canonical: false,
  echo: false,
  signals: false,
  returnIsNewline: false,
  newlineReturns: true,
};
