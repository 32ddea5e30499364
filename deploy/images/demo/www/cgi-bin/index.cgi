#!/bin/sh
printf 'Content-Type: text/plain\r\nCache-Control: no-store\r\n\r\n'
echo "pod: ${POD_NAME:-$(hostname)}"
echo "node: ${NODE_NAME:-unknown}"
echo "version: $VERSION"
