# only: kernel
# requires: matplotlib
import matplotlib.pyplot as plt

figure, (left, right) = plt.subplots(1, 2)
left.plot([1, 2])
figure
x = 1
right
right.set_xlabel("touched again")
empty = plt.figure()
