/**
 * Datagram-like delivery between named peers: what Raft asks of a network. Messages may be lost,
 * reordered or duplicated; the real implementation runs on gRPC streams and loses only what a broken
 * connection loses.
 */

export interface PeerNetwork<Address, Message> {
  /** Never blocks and never throws; an unreachable peer drops the message. */
  send(to: Address, message: Message): void;
  /** Sets the one receiver. */
  onMessage(receive: (from: Address, message: Message) => void): void;
}
