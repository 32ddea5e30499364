// Original file: drydock/node.proto


export interface PortConnected {
}

export interface PortConnected__Output {
}
