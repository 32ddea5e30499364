// Generated from drydock/api.proto by scripts/gen-proto.ts: edit that, then run `node --run gen`.
import type { ContractTable } from '../contract.ts';

export const contract: ContractTable = {
  "messages": {
    "drydock.api.v1.Reference": [
      {
        "number": 1,
        "name": "group",
        "type": "string"
      },
      {
        "number": 2,
        "name": "version",
        "type": "string"
      },
      {
        "number": 3,
        "name": "resource",
        "type": "string"
      },
      {
        "number": 4,
        "name": "namespace",
        "type": "string"
      },
      {
        "number": 5,
        "name": "name",
        "type": "string"
      },
      {
        "number": 6,
        "name": "subresource",
        "type": "string"
      }
    ],
    "drydock.api.v1.Object": [
      {
        "number": 1,
        "name": "json",
        "type": "bytes"
      },
      {
        "number": 2,
        "name": "resourceVersion",
        "type": "uint64"
      }
    ],
    "drydock.api.v1.GetRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "minimumResourceVersion",
        "type": "uint64"
      }
    ],
    "drydock.api.v1.ListRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "labelSelector",
        "type": "string"
      },
      {
        "number": 3,
        "name": "fieldSelector",
        "type": "string"
      },
      {
        "number": 4,
        "name": "minimumResourceVersion",
        "type": "uint64"
      },
      {
        "number": 5,
        "name": "anyVersion",
        "type": "bool"
      }
    ],
    "drydock.api.v1.ListResponse": [
      {
        "number": 1,
        "name": "items",
        "type": "bytes",
        "isRepeated": true
      },
      {
        "number": 2,
        "name": "resourceVersion",
        "type": "uint64"
      }
    ],
    "drydock.api.v1.WatchRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "labelSelector",
        "type": "string"
      },
      {
        "number": 3,
        "name": "fieldSelector",
        "type": "string"
      },
      {
        "number": 4,
        "name": "resourceVersion",
        "type": "uint64"
      },
      {
        "number": 5,
        "name": "bookmarks",
        "type": "bool"
      }
    ],
    "drydock.api.v1.WatchEvent": [
      {
        "number": 1,
        "name": "type",
        "type": "enum",
        "ref": "drydock.api.v1.WatchEvent.Type"
      },
      {
        "number": 2,
        "name": "json",
        "type": "bytes"
      },
      {
        "number": 3,
        "name": "resourceVersion",
        "type": "uint64"
      }
    ],
    "drydock.api.v1.WriteRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "json",
        "type": "bytes"
      },
      {
        "number": 3,
        "name": "dryRun",
        "type": "bool"
      }
    ],
    "drydock.api.v1.PatchRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "type",
        "type": "enum",
        "ref": "drydock.api.v1.PatchRequest.Type"
      },
      {
        "number": 3,
        "name": "patch",
        "type": "bytes"
      },
      {
        "number": 4,
        "name": "dryRun",
        "type": "bool"
      }
    ],
    "drydock.api.v1.DeleteRequest": [
      {
        "number": 1,
        "name": "reference",
        "type": "message",
        "ref": "drydock.api.v1.Reference"
      },
      {
        "number": 2,
        "name": "optionsJson",
        "type": "bytes"
      }
    ]
  },
  "enums": {
    "drydock.api.v1.WatchEvent.Type": {
      "TYPE_UNSPECIFIED": 0,
      "ADDED": 1,
      "MODIFIED": 2,
      "DELETED": 3,
      "BOOKMARK": 4,
      "ERROR": 5
    },
    "drydock.api.v1.PatchRequest.Type": {
      "TYPE_UNSPECIFIED": 0,
      "JSON_PATCH": 1,
      "MERGE_PATCH": 2,
      "STRATEGIC_MERGE_PATCH": 3
    }
  },
  "services": {
    "drydock.api.v1.ObjectApi": [
      {
        "name": "Get",
        "request": "drydock.api.v1.GetRequest",
        "response": "drydock.api.v1.Object",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "List",
        "request": "drydock.api.v1.ListRequest",
        "response": "drydock.api.v1.ListResponse",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "Watch",
        "request": "drydock.api.v1.WatchRequest",
        "response": "drydock.api.v1.WatchEvent",
        "requestStream": false,
        "responseStream": true
      },
      {
        "name": "Create",
        "request": "drydock.api.v1.WriteRequest",
        "response": "drydock.api.v1.Object",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "Update",
        "request": "drydock.api.v1.WriteRequest",
        "response": "drydock.api.v1.Object",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "Patch",
        "request": "drydock.api.v1.PatchRequest",
        "response": "drydock.api.v1.Object",
        "requestStream": false,
        "responseStream": false
      },
      {
        "name": "Delete",
        "request": "drydock.api.v1.DeleteRequest",
        "response": "drydock.api.v1.Object",
        "requestStream": false,
        "responseStream": false
      }
    ]
  }
};
