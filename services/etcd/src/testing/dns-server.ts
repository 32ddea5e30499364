/** A DNS server on loopback that knows some SRV records, and says NXDOMAIN to all else (RFC 1035, 2782). */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface SrvTarget {
  readonly host: string;
  readonly port: number;
}

export interface DnsServer extends AsyncDisposable {
  readonly port: number;
  /** By name, without a dot at its end; what is changed is told from then on. */
  readonly records: Map<string, readonly SrvTarget[]>;
}

const typeSrv = 33;
const classInternet = 1;
const nameOfQuestion = 0xc00c;

export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, readonly SrvTarget[]>();
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    socket.send(answer(query, records), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    records,
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

function answer(query: Buffer, records: DnsServer['records']): Buffer {
  const { name, end } = readName(query, 12);
  const type = query.readUInt16BE(end);
  const targets = type === typeSrv ? (records.get(name.toLowerCase()) ?? []) : [];
  const header = Buffer.from(query.subarray(0, 12));
  const isKnown = records.has(name.toLowerCase());
  header.writeUInt16BE(isKnown ? 0x8580 : 0x8583, 2);
  header.writeUInt16BE(targets.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(12, end + 4), ...targets.map(srvRecord)]);
}

function srvRecord({ host, port }: SrvTarget): Buffer {
  const target = Buffer.concat([
    ...host.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.of(0),
  ]);
  const record = Buffer.alloc(18);
  record.writeUInt16BE(nameOfQuestion, 0);
  record.writeUInt16BE(typeSrv, 2);
  record.writeUInt16BE(classInternet, 4);
  record.writeUInt16BE(6 + target.length, 10);
  record.writeUInt16BE(port, 16);
  return Buffer.concat([record, target]);
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  while (bytes[at] !== 0) {
    const length = bytes[at]!;
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
