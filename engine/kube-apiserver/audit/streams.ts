import type { ApiResponse } from '../../api/request.ts';

type Streams = Pick<ApiResponse, 'watch' | 'byteStream' | 'session'>;

/** The same streams; `ended` is called once, whichever side ends them. */
export function untilItsEnd({ watch, byteStream, session }: Streams, ended: () => void): Streams {
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    ended();
  };
  const stopping = (stop: () => void) => () => {
    stop();
    end();
  };
  const ending = <S extends { end(): void }>(sink: S, own: object): S => ({
    ...sink,
    ...own,
    end: () => {
      end();
      sink.end();
    },
  });
  if (watch !== undefined)
    return {
      watch: (sink) => stopping(watch(ending(sink, { outside: sink.outside, event: sink.event.bind(sink) }))),
    };
  if (byteStream !== undefined)
    return { byteStream: (sink) => stopping(byteStream(ending(sink, { write: sink.write.bind(sink) }))) };
  if (session === undefined) return {};
  return {
    session: (sink) => {
      const control = session({
        stdout: (chunk) => sink.stdout(chunk),
        stderr: (chunk) => sink.stderr(chunk),
        exit: (result) => {
          end();
          sink.exit(result);
        },
      });
      return {
        stdin: (chunk) => control.stdin(chunk),
        closeStdin: () => control.closeStdin(),
        resize: (columns, rows) => control.resize(columns, rows),
        close: stopping(() => control.close()),
      };
    },
  };
}
