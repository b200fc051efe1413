helm uninstall board
helm install board drydock/nginx --version 1.1.0 --set replicaCount=2,message="Summer times" --wait
