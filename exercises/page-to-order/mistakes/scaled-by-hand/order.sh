helm repo add drydock https://charts.drydock.example
helm install tides drydock/nginx --version 1.0.0 -n quay --set message="High tide at six" --wait
helm upgrade tides drydock/nginx --version 1.1.0 -n quay --reuse-values --wait
kubectl -n quay scale deployment tides-nginx --replicas=2
