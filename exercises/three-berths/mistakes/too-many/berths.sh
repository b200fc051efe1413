kubectl patch node node-1 --subresource=status --type=json \
  -p '[{"op": "add", "path": "/status/capacity/quay.example~1berth", "value": "__NORTH__"}]'
kubectl patch node node-2 --subresource=status --type=json \
  -p '[{"op": "add", "path": "/status/capacity/quay.example~1berth", "value": "9"}]'
