rpm -q --whatprovides 'curl' > /dev/null && rpm -q --whatprovides 'libstdc++6' > /dev/null
