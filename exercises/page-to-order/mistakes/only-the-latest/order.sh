helm repo add drydock https://charts.drydock.example
helm install tides drydock/nginx -n quay --set replicaCount=2,message="High tide at six" --wait
helm upgrade tides drydock/nginx -n quay --reuse-values --wait
