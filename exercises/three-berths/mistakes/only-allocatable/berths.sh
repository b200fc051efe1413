kubectl patch node node-1 --subresource=status -p '{"status":{"allocatable":{"quay.example/berth":"__NORTH__"}}}'
kubectl patch node node-2 --subresource=status -p '{"status":{"allocatable":{"quay.example/berth":"__SOUTH__"}}}'
