/** Calls with any bytes as their message, for what no client would send. */
import { status, type Client, type Metadata, type ServiceError } from '@grpc/grpc-js';
import { plainOf, type Method, type Outcome, type Plain } from './target.ts';

const deadlineMillis = 5_000;
/** For a server to end a stream that the client has ended. */
const patienceMillis = 300;

/** A unary call. */
export function rawUnary(
  client: Client,
  method: Method,
  bytes: Uint8Array,
  metadata: Metadata,
): Promise<Outcome> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      method.path,
      (value: Buffer) => value,
      method.responseDeserialize,
      Buffer.from(bytes),
      metadata,
      { deadline: Date.now() + deadlineMillis },
      (error: ServiceError | null, response) => {
        resolve(error === null ? (plainOf(response) as Outcome) : failureOf(error));
      },
    );
  });
}

/**
 * A stream that is sent all messages, and after `answers` answers ended from this side. Gives all
 * answers and the status; a server that does not end it then leaves it open.
 */
export function rawStream(
  client: Client,
  method: Method,
  messages: readonly Uint8Array[],
  options: { metadata: Metadata; answers: number },
): Promise<Outcome> {
  const stream = client.makeBidiStreamRequest(
    method.path,
    (value: Buffer) => value,
    method.responseDeserialize,
    options.metadata,
    { deadline: Date.now() + deadlineMillis },
  );
  const answers: Plain[] = [];
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const end = () => {
    stream.end();
    setTimeout(() => {
      resolve({ answers, open: true });
      stream.cancel();
    }, patienceMillis);
  };
  stream.on('data', (response: unknown) => {
    answers.push(plainOf(response));
    if (answers.length === options.answers) end();
  });
  stream.on('error', (error: ServiceError) => resolve({ answers, ...failureOf(error) }));
  stream.on('status', ({ code, details }: { code: status; details: string }) => {
    if (code === status.OK) resolve({ answers, code, details });
  });
  for (const bytes of messages) stream.write(Buffer.from(bytes));
  if (options.answers === 0) end();
  return promise;
}

const failureOf = ({ code, details }: ServiceError): Outcome => ({
  code,
  details: withoutReason(details),
});

/** Each implementation of protobuf has its own words for what is wrong with bytes. */
const withoutReason = (details: string) =>
  details.replace(/(unmarshalling request|unmarshal the received message).*$/, '$1 ...');
