import type { Flaw } from './course-text.ts';

/** Terms that this course writes otherwise; names of kinds stay as Kubernetes writes them. */
const TERMS: readonly (readonly [found: RegExp, say: string])[] = [
  [/k8s/i, 'write Kubernetes'],
  [/容器组/, 'write Pod'],
  [/副本集/, 'write ReplicaSet'],
  [/守护进程集/, 'write DaemonSet'],
  [/有状态(副本)?集/, 'write StatefulSet'],
  [/配置映射/, 'write ConfigMap'],
  [/初始化容器/, 'write init 容器'],
  [/(就绪|存活|启动)(态)?探针/, 'write readiness, liveness or startup 探针'],
  [/(?:标签)?选择器/, 'write 选择算符'],
  [/服务(帐号|帐户|账户)/, 'write 服务账号'],
  [/检查器/, 'write 查看器, as the page does'],
  [/污染/, 'write 污点'],
];

const HAN = String.raw`\p{Script=Han}`;
const TYPOGRAPHY: readonly (readonly [found: RegExp, say: string])[] = [
  [new RegExp(`${HAN}[A-Za-z0-9]|[A-Za-z0-9]${HAN}`, 'u'), 'put a space between Chinese and Latin'],
  [new RegExp(`${HAN}(?:[,;!?]|[.:](?![\\w-]))`, 'u'), 'write the Chinese punctuation mark'],
  [/[，。；：？！、（）](?= +[^ |])| +[，。；：？！、（）]/, 'no space beside a Chinese punctuation mark'],
];

/** Emphasis whose outermost character is a punctuation mark beside a letter: Markdown shows its stars. */
const EMPHASIS = /(?<before>^|.)(?<stars>\*{1,2})(?=[^\s*])(?<inside>(?:(?!\n\n)[^*])*[^\s*])\k<stars>(?<after>.|$)/gsu;

/** What is wrong with Chinese as it is written: terms, spaces, punctuation. Code and addresses are left out. */
export function flawsOfChinese(file: string, text: string, firstLine: number): readonly Flaw[] {
  const prose = withoutCode(text);
  const lines = prose.split('\n').flatMap((line, index) =>
    [...TERMS, ...TYPOGRAPHY].flatMap(([found, say]) => {
      const match = found.exec(line.trim());
      return match === null ? [] : [{ file, line: firstLine + index, message: `"${match[0]}": ${say}` }];
    }),
  );
  return [...lines, ...openEmphasis(file, prose, firstLine)];
}

function openEmphasis(file: string, prose: string, firstLine: number): Flaw[] {
  return [...prose.matchAll(EMPHASIS)].flatMap(({ groups = {}, index }) => {
    const { before = '', inside = '', after = '' } = groups;
    const opens = !isLetter(before) || !isMark(inside.at(0));
    const closes = !isLetter(after) || !isMark(inside.at(-1));
    if (opens && closes) return [];
    const line = firstLine + prose.slice(0, index).split('\n').length - 1;
    return [{ file, line, message: `"${inside}": Markdown shows the stars; put the punctuation mark outside of them` }];
  });
}

const isLetter = (char: string) => /[\p{L}\p{N}]/u.test(char);
const isMark = (char = '') => /[\p{P}\p{S}]/u.test(char);

/** Blanks blocks of code, code in the text (a letter stands for it) and addresses, and keeps the lines. */
function withoutCode(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  return text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/ command="[^"]*"/g, blank)
    .replace(/`[^`\n]*`/g, (part) => `\`${'-'.repeat(part.length - 2)}\``)
    .replace(/\]\([^)]*\)/g, (part) => `]${'-'.repeat(part.length - 1)}`);
}
