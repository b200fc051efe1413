kubectl delete statefulset moorings
kubectl apply -f /srv/before/good.yaml
sleep 20
