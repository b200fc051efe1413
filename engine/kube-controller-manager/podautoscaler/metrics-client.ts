import type { ApiResponse } from '../../api/request.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';

/** What the metrics APIs have answered in a turn so far: who has to wait for one of them does not ask the others twice. */
export type MetricsAnswers = Map<string, ApiResponse | StatusError>;

const NOT_SERVED = 'the server could not find the requested resource';

/** Why a metrics API gave nothing. */
export class MetricsError extends Error {}

/**
 * Reads the three metrics APIs, each of which somebody else than the API server serves.
 * https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#support-for-metrics-apis
 */
export class MetricsClient {
  readonly #client: Client;
  readonly #answers: MetricsAnswers;

  constructor(client: Client, answers: MetricsAnswers) {
    this.#client = client;
    this.#answers = answers;
  }

  /**
   * @param what as client-go names the request, where nobody gives a reason: `get pods.metrics.k8s.io`
   * @throws MetricsError in the words of client-go; ConnectionError when the API server itself does not answer (yet).
   */
  read<T>(path: string, query: Readonly<Record<string, string>>, what: string): T {
    const answer = this.#ask(path, query);
    if (answer instanceof StatusError) throw new MetricsError(wordsOf(answer, what));
    return answer.body as T;
  }

  /** Whether there is nobody at all who serves the path. */
  isMissing(path: string, query: Readonly<Record<string, string>>): boolean {
    const answer = this.#ask(path, query);
    return answer instanceof StatusError && answer.message === NOT_SERVED;
  }

  #ask(path: string, query: Readonly<Record<string, string>>): ApiResponse | StatusError {
    const key = JSON.stringify([path, query]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = this.#request(path, query);
    this.#answers.set(key, answer);
    return answer;
  }

  #request(path: string, query: Readonly<Record<string, string>>): ApiResponse | StatusError {
    try {
      return this.#client.request({ method: 'GET', path, query });
    } catch (error) {
      if (error instanceof StatusError) return error;
      throw error;
    }
  }
}

/** Without a Status in the answer there is only its code to go by. */
function wordsOf({ status, message }: StatusError, what: string): string {
  if (message === NOT_SERVED) return `${NOT_SERVED} (${what})`;
  if (status.reason !== 'Unknown') return message;
  return status.code === 503 ? `the server is currently unable to handle the request (${what})` : message;
}
