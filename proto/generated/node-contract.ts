// Generated from drydock/node.proto by scripts/gen-proto.ts: edit that, then run `node --run gen`.
import type { ContractTable } from '../contract.ts';

export const contract: ContractTable = {
  "messages": {
    "drydock.node.v1.LogsRequest": [
      {
        "number": 1,
        "name": "namespace",
        "type": "string"
      },
      {
        "number": 2,
        "name": "pod",
        "type": "string"
      },
      {
        "number": 3,
        "name": "container",
        "type": "string"
      },
      {
        "number": 4,
        "name": "follow",
        "type": "bool"
      },
      {
        "number": 5,
        "name": "previous",
        "type": "bool"
      },
      {
        "number": 6,
        "name": "timestamps",
        "type": "bool"
      },
      {
        "number": 7,
        "name": "sinceSeconds",
        "type": "int64"
      },
      {
        "number": 8,
        "name": "sinceTime",
        "type": "string"
      },
      {
        "number": 9,
        "name": "tailLines",
        "type": "int64"
      },
      {
        "number": 10,
        "name": "limitBytes",
        "type": "int64"
      }
    ],
    "drydock.node.v1.LogsChunk": [
      {
        "number": 1,
        "name": "data",
        "type": "bytes"
      }
    ],
    "drydock.node.v1.ListPodsRequest": [],
    "drydock.node.v1.ListPodsResponse": [
      {
        "number": 1,
        "name": "pods",
        "type": "bytes",
        "isRepeated": true
      }
    ],
    "drydock.node.v1.ProcessInput": [
      {
        "number": 1,
        "name": "start",
        "type": "message",
        "ref": "drydock.node.v1.ProcessStart",
        "oneof": "message"
      },
      {
        "number": 2,
        "name": "stdin",
        "type": "bytes",
        "oneof": "message"
      },
      {
        "number": 3,
        "name": "resize",
        "type": "message",
        "ref": "drydock.node.v1.TerminalSize",
        "oneof": "message"
      },
      {
        "number": 4,
        "name": "stdinEnd",
        "type": "bool",
        "oneof": "message"
      }
    ],
    "drydock.node.v1.ProcessStart": [
      {
        "number": 1,
        "name": "namespace",
        "type": "string"
      },
      {
        "number": 2,
        "name": "pod",
        "type": "string"
      },
      {
        "number": 3,
        "name": "container",
        "type": "string"
      },
      {
        "number": 4,
        "name": "command",
        "type": "string",
        "isRepeated": true
      },
      {
        "number": 5,
        "name": "stdin",
        "type": "bool"
      },
      {
        "number": 6,
        "name": "stdout",
        "type": "bool"
      },
      {
        "number": 7,
        "name": "stderr",
        "type": "bool"
      },
      {
        "number": 8,
        "name": "tty",
        "type": "bool"
      }
    ],
    "drydock.node.v1.TerminalSize": [
      {
        "number": 1,
        "name": "width",
        "type": "uint32"
      },
      {
        "number": 2,
        "name": "height",
        "type": "uint32"
      }
    ],
    "drydock.node.v1.ProcessOutput": [
      {
        "number": 1,
        "name": "started",
        "type": "message",
        "ref": "drydock.node.v1.ProcessStarted",
        "oneof": "message"
      },
      {
        "number": 2,
        "name": "stdout",
        "type": "bytes",
        "oneof": "message"
      },
      {
        "number": 3,
        "name": "stderr",
        "type": "bytes",
        "oneof": "message"
      },
      {
        "number": 4,
        "name": "end",
        "type": "message",
        "ref": "drydock.node.v1.ProcessEnd",
        "oneof": "message"
      }
    ],
    "drydock.node.v1.ProcessStarted": [],
    "drydock.node.v1.ProcessEnd": [
      {
        "number": 1,
        "name": "exitCode",
        "type": "int64"
      },
      {
        "number": 2,
        "name": "failure",
        "type": "string"
      }
    ],
    "drydock.node.v1.PortForwardInput": [
      {
        "number": 1,
        "name": "start",
        "type": "message",
        "ref": "drydock.node.v1.PortForwardStart",
        "oneof": "message"
      },
      {
        "number": 2,
        "name": "data",
        "type": "bytes",
        "oneof": "message"
      }
    ],
    "drydock.node.v1.PortForwardStart": [
      {
        "number": 1,
        "name": "namespace",
        "type": "string"
      },
      {
        "number": 2,
        "name": "pod",
        "type": "string"
      },
      {
        "number": 3,
        "name": "port",
        "type": "uint32"
      },
      {
        "number": 4,
        "name": "node",
        "type": "string"
      }
    ],
    "drydock.node.v1.PortForwardOutput": [
      {
        "number": 1,
        "name": "connected",
        "type": "message",
        "ref": "drydock.node.v1.PortConnected",
        "oneof": "message"
      },
      {
        "number": 2,
        "name": "data",
        "type": "bytes",
        "oneof": "message"
      },
      {
        "number": 3,
        "name": "dataEnd",
        "type": "bool",
        "oneof": "message"
      }
    ],
    "drydock.node.v1.PortConnected": [],
    "drydock.node.v1.StatsRequest": [
      {
        "number": 1,
        "name": "node",
        "type": "string"
      }
    ],
    "drydock.node.v1.StatsResponse": [
      {
        "number": 1,
        "name": "node",
        "type": "message",
        "ref": "drydock.node.v1.UsageSamples"
      },
      {
        "number": 2,
        "name": "containers",
        "type": "message",
        "ref": "drydock.node.v1.ContainerStats",
        "isRepeated": true
      }
    ],
    "drydock.node.v1.ContainerStats": [
      {
        "number": 1,
        "name": "namespace",
        "type": "string"
      },
      {
        "number": 2,
        "name": "pod",
        "type": "string"
      },
      {
        "number": 3,
        "name": "podUid",
        "type": "string"
      },
      {
        "number": 4,
        "name": "container",
        "type": "string"
      },
      {
        "number": 5,
        "name": "startedAt",
        "type": "int64"
      },
      {
        "number": 6,
        "name": "samples",
        "type": "message",
        "ref": "drydock.node.v1.UsageSamples"
      }
    ],
    "drydock.node.v1.UsageSamples": [
      {
        "number": 1,
        "name": "previous",
        "type": "message",
        "ref": "drydock.node.v1.UsageSample"
      },
      {
        "number": 2,
        "name": "last",
        "type": "message",
        "ref": "drydock.node.v1.UsageSample"
      }
    ],
    "drydock.node.v1.UsageSample": [
      {
        "number": 1,
        "name": "time",
        "type": "int64"
      },
      {
        "number": 2,
        "name": "cpuMicros",
        "type": "int64"
      },
      {
        "number": 3,
        "name": "workingSetBytes",
        "type": "int64"
      }
    ]
  },
  "enums": {},
  "services": {
    "drydock.node.v1.NodeApi": [
      {
        "name": "Logs",
        "request": "drydock.node.v1.LogsRequest",
        "response": "drydock.node.v1.LogsChunk",
        "requestStream": false,
        "responseStream": true
      },
      {
        "name": "ListPods",
        "request": "drydock.node.v1.ListPodsRequest",
        "response": "drydock.node.v1.ListPodsResponse",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "Exec",
        "request": "drydock.node.v1.ProcessInput",
        "response": "drydock.node.v1.ProcessOutput",
        "requestStream": true,
        "responseStream": true
      },
      {
        "name": "Attach",
        "request": "drydock.node.v1.ProcessInput",
        "response": "drydock.node.v1.ProcessOutput",
        "requestStream": true,
        "responseStream": true
      },
      {
        "name": "PortForward",
        "request": "drydock.node.v1.PortForwardInput",
        "response": "drydock.node.v1.PortForwardOutput",
        "requestStream": true,
        "responseStream": true
      },
      {
        "name": "Http",
        "request": "drydock.node.v1.PortForwardInput",
        "response": "drydock.node.v1.PortForwardOutput",
        "requestStream": true,
        "responseStream": true
      },
      {
        "name": "Stats",
        "request": "drydock.node.v1.StatsRequest",
        "response": "drydock.node.v1.StatsResponse",
        "requestStream": false,
        "responseStream": false
      }
    ]
  }
};
