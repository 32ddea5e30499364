#!/bin/sh
printf 'Content-Type: text/plain\r\nCache-Control: no-store\r\n\r\n'
echo "pod ${POD_NAME:-$(hostname)} on node ${NODE_NAME:-unknown}, version $VERSION"
