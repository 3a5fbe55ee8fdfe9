"""Public names of `image`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "image": {
        "ops.families.images.boxes": ("crop_and_resize draw_bounding_boxes sample_distorted_bounding_box"),
        "ops.families.images.codecs": (
            "decode_bmp decode_gif decode_image decode_jpeg decode_png encode_jpeg encode_png"
        ),
        "ops.families.images.colours": (
            "adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation convert_image_dtype "
            "grayscale_to_rgb hsv_to_rgb random_brightness random_contrast random_hue random_saturation "
            "rgb_to_grayscale rgb_to_hsv rgb_to_yiq rgb_to_yuv yiq_to_rgb yuv_to_rgb"
        ),
        "ops.families.images.geometry": (
            "ResizeMethod central_crop crop_to_bounding_box flip_left_right flip_up_down pad_to_bounding_box "
            "random_flip_left_right random_flip_up_down resize=resize_images resize_area resize_bicubic "
            "resize_bilinear resize_image_with_crop_or_pad resize_image_with_pad resize_images resize_nearest_neighbor "
            "resize_with_crop_or_pad=resize_image_with_crop_or_pad rot90 transpose=transpose_image transpose_image"
        ),
        "ops.families.images.measures": (
            "image_gradients per_image_standardization psnr sobel_edges ssim ssim_multiscale total_variation"
        ),
        "ops.families.images.glimpses": "extract_glimpse",
        "ops.families.images.jpeg_ops": (
            "adjust_jpeg_quality decode_and_crop_jpeg extract_jpeg_shape is_jpeg random_jpeg_quality"
        ),
        "ops.families.images.suppression": (
            "combined_non_max_suppression non_max_suppression non_max_suppression_overlaps non_max_suppression_padded "
            "non_max_suppression_with_scores"
        ),
        "ops.families.nn.convolution.patches": "extract_image_patches extract_patches",
        "ops.families.random.drawing": "random_crop",
    },
}
