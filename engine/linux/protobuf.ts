// Protocol buffers: the wire format, and messages as plain objects by descriptors that are data.
export {
  decodeMessage,
  encodeMessage,
  type Message,
  type MessageInput,
  type MessageSet,
} from './protobuf/message.ts';
export { readFields, WireError, type WireValue } from './protobuf/wire.ts';
