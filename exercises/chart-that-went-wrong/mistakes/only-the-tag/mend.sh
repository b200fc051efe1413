helm upgrade board drydock/nginx --set image.tag=1.29 --wait
