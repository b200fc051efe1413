kubectl delete deployment signals
kubectl apply -f /srv/before/signals.yaml
