// Original file: drydock/node.proto


export interface ProcessStarted {
}

export interface ProcessStarted__Output {
}
