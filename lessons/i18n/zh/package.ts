import type { PackageWords } from '../en/package.ts';

export const packaged: PackageWords = {
  standing: (percent) => `课程平台已记录：${percent} %`,
  passed: (percent) => `课程平台已记录：${percent} %，已通过`,
  looking: '你在浏览：不会向课程平台报告任何内容。',
  alone: '这个页面不在任何课程平台里。你在这里做的事不会报告给任何人。',
  unreachable: (reason) => `课程平台没有应答（${reason}）。你在这里做的事不会报告给任何人；请从课程平台重新打开。`,
  refused: '课程平台没有接受上一次的报告。你的下一步会再次报告。',
  back: '回到课程平台',
};
