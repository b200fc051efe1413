kubectl label node node-1 quay.example/berth=__NORTH__
kubectl label node node-2 quay.example/berth=__SOUTH__
