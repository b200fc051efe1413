/** Something that kubectl said in a terminal about a place in a manifest. */
export interface Complaint {
  /** As kubectl names it; undefined where it names the object only. */
  readonly file?: string;
  readonly kind?: string;
  readonly name?: string;
  /** A field's path such as `spec.containers[0].image`, or a line (the first is 1) of the document that is no YAML. */
  readonly at: { readonly path: string } | { readonly line: number };
  readonly message: string;
}

/** What stands between kubectl's words and the reader: colours, titles, carriage returns. */
const CONTROL = /\u001b\[[\d;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|\r/g;
const PATH = /^([A-Za-z]\w*(?:\[[^\]]*\]|\.\w+)*): (.*)$/;
const MOST = 30;
const MOST_LINE = 8 * 1024;

/** Finds in what a terminal showed the complaints about manifests: words of the API server, and of kubectl itself. */
export function readComplaints(output: string): readonly Complaint[] {
  if (!/invalid|error|no matches/.test(output)) return [];
  const lines = output
    .replace(CONTROL, '')
    .split('\n')
    .map((line) => line.slice(0, MOST_LINE));
  return lines.flatMap((line, index) => READERS.flatMap((read) => read(line, lines.slice(index + 1)))).slice(0, MOST);
}

type Reader = (line: string, rest: readonly string[]) => readonly Complaint[];

const READERS: readonly Reader[] = [invalid, strictDecoding, wrongType, noYaml, unknownKind, noObject, refused];

/** `The Pod "web" is invalid: spec.containers[0].image: Required value`, or a list with stars. */
function invalid(line: string, rest: readonly string[]): readonly Complaint[] {
  const [, kind, name, only] = /^The (\S+) "([^"]*)" is invalid: ?(.*)$/.exec(line) ?? [];
  if (kind === undefined || name === undefined || only === undefined) return [];
  const end = rest.findIndex((each) => !each.startsWith('* '));
  const starred = rest.slice(0, end < 0 ? rest.length : end).map((each) => each.slice(2));
  return (only === '' ? starred : [only]).flatMap((text) => {
    const [, path, message] = PATH.exec(text) ?? [];
    return path === undefined ? [] : [{ kind, name, at: { path }, message: `${path}: ${message}` }];
  });
}

/** `error when creating "pod.yaml": … strict decoding error: unknown field "spec.foo", duplicate field "spec.bar"`. */
function strictDecoding(line: string): readonly Complaint[] {
  const words = 'strict decoding error: ';
  const at = line.indexOf(words);
  const about = at < 0 ? undefined : subject(line.slice(0, at));
  if (about === undefined) return [];
  return [...line.slice(at + words.length).matchAll(/(?:unknown|duplicate) field "([^"]+)"/g)].map(
    ([message, path]) => ({ ...about, at: { path: path! }, message }),
  );
}

/** What a decoding error is about: a file, or the object of a patch, which no file is named for. */
function subject(line: string): Pick<Complaint, 'file' | 'kind' | 'name'> | undefined {
  if (!line.startsWith('The request is invalid: patch: ')) {
    const [, file] = /"([^"\s]+)": /.exec(line) ?? [];
    return file === undefined ? undefined : { file };
  }
  const [, kind] = /\\"kind\\":\\"(\w+)\\"/.exec(line) ?? [];
  const [, name] = /\\"name\\":\\"([^"\\]+)\\",\\"namespace\\"/.exec(line) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}

/** `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. */
function wrongType(line: string): readonly Complaint[] {
  const at = line.indexOf('json: cannot unmarshal ');
  const about = at < 0 ? undefined : subject(line.slice(0, at));
  const [, path] = /into Go struct field \w+\.(\S+) of type /.exec(line.slice(Math.max(at, 0))) ?? [];
  return about === undefined || path === undefined ? [] : [{ ...about, at: { path }, message: line.slice(at) }];
}

/** `error: error parsing pod.yaml: error converting YAML to JSON: yaml: line 5: …`. */
function noYaml(line: string): readonly Complaint[] {
  const pattern = /^error: error parsing (\S+): (error converting YAML to JSON: yaml: (?:line (\d+): )?.*)$/;
  const [, file, message, number = '1'] = pattern.exec(line) ?? [];
  return file === undefined ? [] : [{ file, at: { line: Number(number) }, message: message! }];
}

/** `resource mapping not found for name: "web" … from "pod.yaml": no matches for kind "Pdo" in version "v1"`. */
function unknownKind(line: string): readonly Complaint[] {
  const pattern = /for name: "([^"]*)".* from "([^"]+)": (no matches for kind "([^"]*)" in version .*)$/;
  const [, name, file, message, kind] = pattern.exec(line) ?? [];
  return file === undefined ? [] : [{ file, name: name!, kind: kind!, at: { path: 'kind' }, message: message! }];
}

/** `error validating "pod.yaml": …: [apiVersion not set, kind not set]`: nothing to follow a path in. */
function noObject(line: string): readonly Complaint[] {
  const pattern = /^error: (?:error validating|unable to decode) "([^"]+)": (?:error validating data: )?(.*)$/;
  const [, file, text] = pattern.exec(line) ?? [];
  if (file === undefined || text === undefined || text.includes('failed to download')) return [];
  return [{ file, at: { line: 1 }, message: text.replace(/; if you choose to ignore.*$/, '') }];
}

/** `Error from server (Forbidden): error when creating "pod.yaml": pods "web" is forbidden: …`. */
function refused(line: string): readonly Complaint[] {
  const pattern =
    /^Error from server \(\w+\): error when (?:creating|replacing|patching) "([^"]+)": (\S+ "([^"]+)" .*)$/;
  const [, file, message, name] = pattern.exec(line) ?? [];
  return file === undefined || message!.includes('cannot be handled as')
    ? []
    : [{ file, name: name!, at: { path: 'metadata.name' }, message: message! }];
}

/** What a command says when it has accepted a manifest. */
const ACCEPTED = /^\S+\/\S+ (created|configured|unchanged|replaced|serverside-applied)\b/m;
const MOST_HEARD = 64 * 1024;

/** Listens to the terminals, and remembers what was last said about manifests. */
export class ComplaintListener {
  readonly #said: (complaints: readonly Complaint[]) => void;
  readonly #heard = new Map<string, string>();
  readonly #decoder = new TextDecoder();

  constructor(said: (complaints: readonly Complaint[]) => void) {
    this.#said = said;
  }

  /** A line has been entered: what follows is another command's. */
  entered(terminal: string): void {
    this.#heard.delete(terminal);
  }

  hear(terminal: string, data: Uint8Array): void {
    const text = `${this.#heard.get(terminal) ?? ''}${this.#decoder.decode(data)}`.slice(-MOST_HEARD);
    this.#heard.set(terminal, text);
    const complaints = readComplaints(text);
    if (complaints.length > 0) this.#said(complaints);
    else if (ACCEPTED.test(text)) this.#said([]);
  }
}
