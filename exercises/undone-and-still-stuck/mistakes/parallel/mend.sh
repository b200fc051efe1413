kubectl delete statefulset moorings
sed "s/replicas: 3/replicas: 3\n  podManagementPolicy: Parallel/" /srv/before/good.yaml | kubectl apply -f -
sleep 20
